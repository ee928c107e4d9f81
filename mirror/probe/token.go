package probe

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

const (
	maxTokenBytes = 64 << 10
	maxPingBytes  = 64 << 10
)

// challenge is one WWW-Authenticate challenge (RFC 9110 section 11.6.1).
type challenge struct {
	scheme     string // in lower case
	parameters map[string]string
}

// parseChallenges reads every challenge of the headers. What does not fit the
// grammar ends the header it is in.
func parseChallenges(headers []string) []challenge {
	var out []challenge
	for _, h := range headers {
		for h != "" {
			h = strings.TrimLeft(h, " \t,")
			word := token(h)
			if word == "" {
				break
			}
			h = strings.TrimLeft(h[len(word):], " \t")
			if !strings.HasPrefix(h, "=") || len(out) == 0 {
				out = append(out, challenge{scheme: strings.ToLower(word), parameters: map[string]string{}})
				continue
			}
			var value string
			value, h = parameterValue(strings.TrimLeft(h[1:], " \t"))
			out[len(out)-1].parameters[strings.ToLower(word)] = value
		}
	}
	return out
}

// token is the leading token of RFC 9110.
func token(s string) string {
	end := strings.IndexFunc(s, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`()<>@,;:\"/[]?={}`, r)
	})
	if end < 0 {
		return s
	}
	return s[:end]
}

func parameterValue(s string) (value, rest string) {
	if !strings.HasPrefix(s, `"`) {
		end := strings.IndexAny(s, ", \t")
		if end < 0 {
			return s, ""
		}
		return s[:end], s[end:]
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			if i++; i < len(s) {
				b.WriteByte(s[i])
			}
		case '"':
			return b.String(), s[i+1:]
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String(), ""
}

// authorize answers a 401 with an anonymous token, as every engine does for
// public images (distribution spec, "Token Authentication Specification").
func (s *session) authorize(ctx context.Context, unauthorized *http.Response) *failure {
	challenges := parseChallenges(unauthorized.Header.Values("Www-Authenticate"))
	for _, h := range s.endpoint.Headers {
		if strings.EqualFold(h.Name, "Authorization") {
			return &failure{verdict: AuthRequired, status: http.StatusUnauthorized, reason: "the Authorization header of the configuration is not accepted"}
		}
	}
	for _, c := range challenges {
		if c.scheme == "bearer" && c.parameters["realm"] != "" {
			return s.fetchToken(ctx, c)
		}
	}
	reason := "401 without a challenge"
	if len(challenges) > 0 {
		reason = fmt.Sprintf("401 that wants %s credentials", challenges[0].scheme)
	}
	return &failure{verdict: AuthRequired, status: http.StatusUnauthorized, reason: reason}
}

func (s *session) fetchToken(ctx context.Context, c challenge) *failure {
	realm, err := url.Parse(c.parameters["realm"])
	if err != nil || realm.Host == "" || realm.Scheme != "http" && realm.Scheme != "https" {
		return &failure{verdict: AuthLoop, status: http.StatusUnauthorized, reason: "the token realm is no URL"}
	}
	realm.User, realm.Fragment = nil, ""
	s.result.Realm = at(realm)
	query := realm.Query()
	if service := c.parameters["service"]; service != "" {
		query.Set("service", service)
	}
	if s.ref != nil {
		query.Set("scope", "repository:"+s.repository()+":pull")
	}
	realm.RawQuery = query.Encode()
	s.token = ""
	a, failed := s.do(ctx, PhaseToken, request{method: http.MethodGet, url: realm.String()})
	name := "token realm " + s.result.Realm
	if failed != nil {
		failed.reason = name + ": " + failed.reason
		return failed
	}
	defer a.close()
	switch {
	case a.StatusCode == http.StatusUnauthorized && hasBearer(a.Response):
		return &failure{verdict: AuthLoop, status: a.StatusCode, reason: name + " wants a token itself"}
	case a.StatusCode == http.StatusUnauthorized || a.StatusCode == http.StatusForbidden:
		return &failure{verdict: AuthRequired, status: a.StatusCode, reason: fmt.Sprintf("%s: %d, no anonymous tokens", name, a.StatusCode)}
	case a.StatusCode != http.StatusOK:
		failed := statusFailure(a.Response)
		failed.reason = name + ": " + failed.reason
		return failed
	}
	var body bytes.Buffer
	if _, failed := s.read(a, &body, maxTokenBytes); failed != nil {
		failed.reason = name + ": " + failed.reason
		return failed
	}
	var got struct {
		Token       string `json:"token"`
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(body.Bytes(), &got); err != nil || got.Token == "" && got.AccessToken == "" {
		return &failure{verdict: NotRegistry, status: a.StatusCode, reason: name + " answered without a token"}
	}
	s.token = got.Token
	if s.token == "" {
		s.token = got.AccessToken
	}
	return nil
}

func hasBearer(r *http.Response) bool {
	for _, c := range parseChallenges(r.Header.Values("Www-Authenticate")) {
		if c.scheme == "bearer" {
			return true
		}
	}
	return false
}

// refused is the failure of a 401 that came although a token was sent.
func refused(r *http.Response) *failure {
	for _, c := range parseChallenges(r.Header.Values("Www-Authenticate")) {
		if c.parameters["error"] == "insufficient_scope" {
			return &failure{verdict: AuthRequired, status: r.StatusCode, reason: "anonymous tokens may not pull this repository, or it does not exist"}
		}
	}
	return &failure{verdict: AuthLoop, status: r.StatusCode, reason: "401 again, although it had handed out the token"}
}
