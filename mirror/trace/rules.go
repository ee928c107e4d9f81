package trace

import (
	"github.com/mirrorcfg/mirrorcfg/internal/rulebook"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// book holds the rules below.
var book rulebook.Book

// Rules returns the codes of all findings.
func Rules() []mirror.Rule { return book.Rules() }

var (
	ruleNothing = book.Declare(mirror.Rule{
		Code: "trace/nothing-found", Severity: mirror.Warning,
		Summary:     "The log holds no pull.",
		Consequence: "Nothing can be said about endpoints.",
		Fix:         "record the pull with debug on: podman --log-level debug pull …, nerdctl --debug pull …, containerd -l debug, \"debug\": true in daemon.json",
	})
	ruleUndecoded = book.Declare(mirror.Rule{
		Code: "trace/undecoded-keys", Severity: mirror.Warning,
		Summary:     "A configuration file has keys that the engine does not know.",
		Consequence: "They are ignored, whatever they were meant to do.",
		Fix:         "remove the keys, or write the ones that the engine knows",
		Evidence:    "pkg/sysregistriesv2 of go.podman.io/image 5.42.0: \"Failed to decode keys\"; cmd/containerd/server/config/config.go of containerd 2.4.2",
	})
	ruleFileRefused = book.Declare(mirror.Rule{
		Code: "trace/hosts-file-refused", Severity: mirror.Error,
		Summary:     "containerd could not read a hosts.toml.",
		Consequence: "It goes on as if the file did not exist: the pull goes straight to the registry.",
		Fix:         "correct the file; it is read again at the next pull",
		Evidence:    "containerd 2.4.2 core/remotes/docker/config/hosts.go",
	})
	ruleMirrorsFailed = book.Declare(mirror.Rule{
		Code: "trace/mirrors-failed", Severity: mirror.Warning,
		Summary:     "Mirrors did not serve what they were asked for.",
		Consequence: "Each costs a request, or a timeout, before the next is asked.",
		Fix:         "drop the mirrors that fail, or move them behind those that serve",
	})
	ruleUpstreamServed = book.Declare(mirror.Rule{
		Code: "trace/upstream-served", Severity: mirror.Warning,
		Summary:     "The registry itself served the image after every mirror had failed.",
		Consequence: "The mirrors only delay the pull.",
		Fix:         "check that the mirrors serve this registry and repository",
	})
	ruleNoMirror = book.Declare(mirror.Rule{
		Code: "trace/no-mirror-tried", Severity: mirror.Info,
		Summary:     "The image came from its own registry without any mirror being asked.",
		Consequence: "No mirror is configured for it, or the configuration was not read.",
		Fix:         "where a mirror was meant, check that the file is among those that the log says were loaded",
	})
	ruleNothingServed = book.Declare(mirror.Rule{
		Code: "trace/no-endpoint-served", Severity: mirror.Error,
		Summary:     "No endpoint served the image.",
		Consequence: "The pull failed.",
		Fix:         "see how each endpoint answered; add one that serves the image",
	})
	ruleRateLimited = book.Declare(mirror.Rule{
		Code: "trace/rate-limited", Severity: mirror.Warning,
		Summary:     "An endpoint answered 429.",
		Consequence: "containers/image waits 2 to 60 seconds up to five times before it asks the next endpoint.",
		Fix:         "log in at the endpoint, or put another mirror before it",
		Evidence:    "docker/docker_client.go of go.podman.io/image 5.42.0",
	})
	ruleBlobsElsewhere = book.Declare(mirror.Rule{
		Code: "trace/blobs-elsewhere", Severity: mirror.Info,
		Summary:     "Blobs came from another endpoint than the manifest.",
		Consequence: "The first endpoint has the manifest and lacks content, or was slower.",
	})
	ruleHTML = book.Declare(mirror.Rule{
		Code: "trace/manifest-is-html", Severity: mirror.Error,
		Summary:     "An endpoint answered a manifest request with a web page.",
		Consequence: "containerd takes the page for the manifest and asks no other endpoint.",
		Fix:         "correct the endpoint's path, or drop it: it is no registry there",
		Evidence:    "containerd issue 7400",
	})
	rulePlainHTTP = book.Declare(mirror.Rule{
		Code: "trace/plain-http", Severity: mirror.Warning,
		Summary:     "The pull fell back to plain HTTP.",
		Consequence: "Anyone on the way can change what is pulled by tag.",
		Fix:         "give the endpoint a certificate and write https",
	})
	ruleSkipVerify = book.Declare(mirror.Rule{
		Code: "trace/certificate-not-checked", Severity: mirror.Warning,
		Summary:     "The certificate of an endpoint was not checked.",
		Consequence: "Anyone on the way can stand in for the endpoint.",
		Fix:         "configure the endpoint's CA instead",
	})
	ruleHTTPSFirst = book.Declare(mirror.Rule{
		Code: "trace/https-tried-first", Severity: mirror.Info,
		Summary:     "An http endpoint has TLS settings, so https is tried first.",
		Consequence: "Each request costs a failed handshake where the endpoint speaks plain HTTP only.",
		Fix:         "write https, or remove the TLS settings",
		Evidence:    "containerd 2.4.2 core/remotes/docker/config/hosts.go",
	})
	ruleUnfinished = book.Declare(mirror.Rule{
		Code: "trace/unfinished", Severity: mirror.Info,
		Summary:     "The log ends before the pull does.",
		Consequence: "What came after is not known.",
	})
)
