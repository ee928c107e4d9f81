package containerd1

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/tables"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

func TestUpstreamTables(t *testing.T) {
	for _, c := range tables.Containerd() {
		if !c.HoldsFor("1.7") {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			tables.Check(t, upstream.ParserFunc(Explain), c)
		})
	}
}

func ask(t *testing.T, ref string, files ...upstream.File) upstream.Answer {
	t.Helper()
	answers := Explain(upstream.Question{Files: files, Roots: []string{tables.CertsRoot}, References: []string{ref}})
	assert.Len(t, answers, 1)
	return answers[0]
}

func hosts(text string) upstream.File {
	return upstream.File{Path: tables.CertsRoot + "/reg.example/hosts.toml", Data: []byte(text)}
}

func TestErrorThatIsOnlyLogged(t *testing.T) {
	a := ask(t, "reg.example/r:1", hosts("server = \n"))
	assert.Empty(t, a.Err)
	assert.Equal(t, []string{"HEAD https://reg.example/v2/r/manifests/1"}, tables.Requests(a))
	if assert.Len(t, a.Logged, 1) {
		assert.Equal(t, "error", a.Logged[0].Level)
		assert.Contains(t, a.Logged[0].Message, "failed to decode hosts.toml: ")
	}
}

func TestErrorThatStopsThePull(t *testing.T) {
	a := ask(t, "reg.example/r:1", hosts("[host.\"https://m.example\"]\nca = \"/etc/none.pem\"\n"))
	assert.Contains(t, a.Err, `unable to read CA cert "/etc/none.pem"`)
	assert.Empty(t, a.Endpoints)
}

func TestTransport(t *testing.T) {
	cert := tables.Certificate()
	a := ask(t, "reg.example/r:1",
		hosts(`[host."https://plain.example"]
[host."https://tls.example"]
ca = ["/etc/ssl/a.pem", "near.pem"]
client = [["/etc/ssl/c.pem", "/etc/ssl/c.key"]]
skip_verify = true
[host."http://first-https.example:5000"]
skip_verify = false
[host."http://really-http.example:80"]
skip_verify = true
[host."http://http.example"]
header = {x-a = "b"}
`),
		upstream.File{Path: "/etc/ssl/a.pem", Data: cert.Cert},
		upstream.File{Path: tables.CertsRoot + "/reg.example/near.pem", Data: cert.Cert},
		upstream.File{Path: "/etc/ssl/c.pem", Data: cert.Cert},
		upstream.File{Path: "/etc/ssl/c.key", Data: cert.Key})
	assert.Empty(t, a.Err)
	if !assert.Len(t, a.Endpoints, 6) {
		return
	}
	assert.Equal(t, upstream.TLS{}, a.Endpoints[0].TLS)
	// The same certificate twice is one certificate in the pool.
	assert.Equal(t, upstream.TLS{SkipVerify: true, CAs: 1, ClientCerts: 1}, a.Endpoints[1].TLS)
	assert.Equal(t, "https", a.Endpoints[2].Scheme)
	assert.True(t, a.Endpoints[2].HTTPFallback)
	assert.Equal(t, "http", a.Endpoints[3].Scheme)
	assert.False(t, a.Endpoints[3].HTTPFallback)
	assert.True(t, a.Endpoints[3].TLS.SkipVerify)
	assert.Equal(t, map[string][]string{"x-a": {"b"}}, a.Endpoints[4].Header)
	assert.False(t, a.Endpoints[5].Mirror)
}

// A push names no namespace in 1.x.
func TestPushGoesToTheFirstHostThatMay(t *testing.T) {
	q := upstream.Question{
		Files:      []upstream.File{hosts("[host.\"https://a.example\"]\ncapabilities = [\"pull\"]\n[host.\"https://b.example\"]\n")},
		Roots:      []string{tables.CertsRoot},
		References: []string{"reg.example/r:1"}, Operation: upstream.Push,
	}
	assert.Equal(t, []string{"HEAD https://b.example/v2/r/manifests/1"}, tables.Requests(Explain(q)[0]))
}
