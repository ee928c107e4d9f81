package recorder

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

const (
	tokenPath  = "/token"
	tokenValue = "recorded"
)

// serve records a request and answers it in the endpoint's mode.
func (r *Recorder) serve(s *server, w http.ResponseWriter, request *http.Request) {
	answer := &answer{ResponseWriter: w, setStatus: r.record(s, request)}
	path, inside := strings.CutPrefix(request.URL.Path, s.BasePath)
	if !inside {
		answer.fail(http.StatusNotFound, "NAME_UNKNOWN", "not below the base path "+s.BasePath)
		return
	}
	if s.AnyPath {
		path = plainPath(path)
	}
	mode := s.Mode
	if path == "/v2/" || path == "/v2" {
		mode = s.Mode.ping()
		if s.Ping != nil {
			mode = *s.Ping
		}
	}
	if path == tokenPath && (mode == Token || mode == TokenLoop) {
		answer.json(http.StatusOK, map[string]any{"token": tokenValue, "access_token": tokenValue, "expires_in": 300})
		return
	}
	switch mode {
	case NotFound:
		answer.fail(http.StatusNotFound, "MANIFEST_UNKNOWN", "this mirror has no image")
	case Unauthorized:
		answer.Header().Set("WWW-Authenticate", `Basic realm="recorder"`)
		answer.fail(http.StatusUnauthorized, "UNAUTHORIZED", "authentication required")
	case Token, TokenLoop:
		if mode == Token && request.Header.Get("Authorization") == "Bearer "+tokenValue {
			r.content(s, answer, request, path)
			return
		}
		realm := fmt.Sprintf("%s://%s%s%s", s.scheme(), request.Host, s.BasePath, tokenPath)
		answer.Header().Set("WWW-Authenticate", fmt.Sprintf("Bearer realm=%q,service=\"recorder\"", realm))
		answer.fail(http.StatusUnauthorized, "UNAUTHORIZED", "authentication required")
	case Forbidden:
		answer.fail(http.StatusForbidden, "DENIED", "requested access to the resource is denied")
	case ServerError:
		answer.fail(http.StatusInternalServerError, "UNKNOWN", "this mirror is broken")
	case TooManyRequests:
		answer.Header().Set("Retry-After", "1")
		answer.fail(http.StatusTooManyRequests, "TOOMANYREQUESTS", "pull rate limit")
	case Hang:
		select {
		case <-request.Context().Done():
		case <-r.stopped.Done():
		}
		answer.drop()
	case Drop:
		answer.drop()
	case HTML:
		answer.bytes(request, "text/html; charset=utf-8", []byte("<!DOCTYPE html><title>Sign in to the network</title>\n"))
	case Redirect:
		target := s.Target + path
		if request.URL.RawQuery != "" {
			target += "?" + request.URL.RawQuery
		}
		answer.Header().Set("Location", target)
		answer.WriteHeader(http.StatusTemporaryRedirect)
	default:
		r.content(s, answer, request, path)
	}
}

// plainPath is what a path would be without a base path and repository prefix.
func plainPath(path string) string {
	for _, part := range []string{"/manifests/", "/blobs/"} {
		if at := strings.LastIndex(path, part); at >= 0 {
			return "/v2/any" + path[at:]
		}
	}
	if strings.HasSuffix(path, "/v2/") || strings.HasSuffix(path, "/v2") {
		return "/v2/"
	}
	return path
}

// content serves the version check, tags, manifests and blobs.
func (r *Recorder) content(s *server, answer *answer, request *http.Request, path string) {
	answer.Header().Set("Docker-Distribution-Api-Version", "registry/2.0")
	rest, ok := strings.CutPrefix(strings.TrimSuffix(path, "/")+"/", "/v2/")
	rest = strings.TrimSuffix(rest, "/")
	if !ok {
		answer.fail(http.StatusNotFound, "NAME_UNKNOWN", "not below /v2")
		return
	}
	if rest == "" {
		answer.json(http.StatusOK, map[string]any{})
		return
	}
	if s.Repository != "" {
		if rest, ok = strings.CutPrefix(rest, s.Repository+"/"); !ok {
			answer.fail(http.StatusNotFound, "NAME_UNKNOWN", "not below the repository prefix "+s.Repository)
			return
		}
	}
	if request.Method != http.MethodGet && request.Method != http.MethodHead {
		answer.fail(http.StatusMethodNotAllowed, "UNSUPPORTED", "read only")
		return
	}
	if s.Mode == HeadNotAllowed && request.Method == http.MethodHead {
		answer.fail(http.StatusMethodNotAllowed, "UNSUPPORTED", "no HEAD")
		return
	}
	if repository, reference, ok := cutLast(rest, "/manifests/"); ok && repository != "" {
		r.manifest(s, answer, request, reference)
		return
	}
	if repository, digest, ok := cutLast(rest, "/blobs/"); ok && repository != "" {
		if data, found := r.image.blobs[digest]; found {
			answer.Header().Set("Docker-Content-Digest", digest)
			answer.bytes(request, "application/octet-stream", data)
			return
		}
		answer.fail(http.StatusNotFound, "BLOB_UNKNOWN", digest)
		return
	}
	if repository, ok := strings.CutSuffix(rest, "/tags/list"); ok {
		answer.json(http.StatusOK, map[string]any{"name": repository, "tags": r.image.Tags()})
		return
	}
	answer.fail(http.StatusNotFound, "NAME_UNKNOWN", rest)
}

func (r *Recorder) manifest(s *server, answer *answer, request *http.Request, reference string) {
	digest, manifest, found := r.image.lookup(reference)
	if !found {
		answer.fail(http.StatusNotFound, "MANIFEST_UNKNOWN", reference)
		return
	}
	if s.Mode != NoDigestHeader {
		answer.Header().Set("Docker-Content-Digest", digest)
	}
	data := manifest.data
	if s.Mode == WrongDigest && request.Method == http.MethodGet {
		data = append(append([]byte(nil), data...), '\n') // still the same JSON, no longer the same digest
	}
	answer.bytes(request, manifest.mediaType, data)
}

func cutLast(s, separator string) (before, after string, found bool) {
	at := strings.LastIndex(s, separator)
	if at < 0 {
		return s, "", false
	}
	return s[:at], s[at+len(separator):], true
}

// answer reports the status it sends.
type answer struct {
	http.ResponseWriter
	setStatus func(int)
}

func (a *answer) WriteHeader(status int) {
	a.setStatus(status)
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) bytes(request *http.Request, mediaType string, data []byte) {
	a.Header().Set("Content-Type", mediaType)
	a.Header().Set("Content-Length", strconv.Itoa(len(data)))
	a.WriteHeader(http.StatusOK)
	if request.Method != http.MethodHead {
		_, _ = a.Write(data) // the client may be gone
	}
}

func (a *answer) json(status int, content any) {
	data, err := json.Marshal(content)
	if err != nil {
		data, status = []byte(err.Error()), http.StatusInternalServerError
	}
	a.Header().Set("Content-Type", "application/json")
	a.Header().Set("Content-Length", strconv.Itoa(len(data)))
	a.WriteHeader(status)
	_, _ = a.Write(data) // net/http drops the body of an answer to HEAD
}

func (a *answer) fail(status int, code, message string) {
	a.json(status, map[string]any{"errors": []map[string]string{{"code": code, "message": message}}})
}

// drop closes the connection without an answer.
func (a *answer) drop() {
	if hijacker, ok := a.ResponseWriter.(http.Hijacker); ok {
		if connection, _, err := hijacker.Hijack(); err == nil {
			_ = connection.Close()
		}
	}
}
