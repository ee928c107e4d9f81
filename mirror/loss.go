package mirror

import "slices"

// The rules below are what a target may be unable to say. A plan reports each
// with the field concerned and what the engine will do instead. Those of
// severity Error lose security; a caller takes one on with [Accept].
var (
	LossPrefixPath     = loss("loss/prefix-path", Warning, "the target configures whole registries, not parts of one", "the registry entry is left out")
	LossPrefixWildcard = loss("loss/prefix-wildcard", Warning, "the target has no wildcard prefixes", "the registry entry is left out")
	LossAnyRegistry    = loss("loss/any-registry", Warning, "the target has no entry for every other registry", "the registry entry is left out")
	LossOnlyDockerHub  = loss("loss/only-docker-io", Warning, "the target has mirrors for docker.io alone", "the registry entry is left out and the registry is asked directly")
	LossUpstream       = loss("loss/upstream", Warning, "the target cannot say where the upstream is reached", "the registry's own default is asked")
	LossBasePath       = loss("loss/base-path", Warning, "the target cannot put a path before /v2", "the mirror is left out")
	LossRepository     = loss("loss/repository", Warning, "the target cannot put a repository prefix after /v2", "the mirror is left out")
	LossIPv6           = loss("loss/ipv6", Warning, "the target cannot name an IPv6 address", "the mirror or registry is left out")
	LossScheme         = loss("loss/scheme", Warning, "the target does not keep the scheme", "https is tried first")
	LossPush           = loss("loss/push", Info, "the target never pushes to a mirror", "pushes go to the upstream")
	LossReferrers      = loss("loss/referrers", Info, "the target does not ask mirrors for referrers", "referrers are read from the upstream")
	LossCapabilities   = loss("loss/capabilities", Warning, "the target cannot say this set of capabilities", "the engine's default set is used")
	LossTagOnly        = loss("loss/tag-only", Warning, "the target cannot limit a mirror to tags", "the mirror is used as the engine sees fit")
	LossCA             = loss("loss/ca", Warning, "the target takes CA files from a directory, not from this file", "the mirror's certificate is checked against the system's CAs alone")
	LossClientCert     = loss("loss/client-cert", Warning, "the target takes client certificates from a directory, not from this file", "no client certificate is shown to the mirror")
	LossHeader         = loss("loss/header", Warning, "the target cannot send headers of its own", "the headers are not sent")
	LossDialTimeout    = loss("loss/dial-timeout", Info, "the target has no dial timeout per mirror", "the engine's own timeout holds")
	LossNamespace      = loss("loss/namespace", Warning, "the target cannot send this ?ns= query", "the mirror is not told which registry is meant")
	LossSearch         = loss("loss/search", Warning, "the target has no search registries", "a name without a registry means docker.io")
	LossPlainFallback  = loss("loss/plain-http-fallback", Warning, "the target has one switch for unverified TLS and for plain http", "plain http is tried when TLS fails")

	LossBlocked    = loss("loss/blocked", Error, "the target cannot block a registry", "images are pulled from the upstream")
	LossMirrorOnly = loss("loss/mirror-only", Error, "the target always falls back to the upstream", "images are pulled from the upstream when every mirror fails")
	LossDigestOnly = loss("loss/digest-only", Error, "the target cannot limit a mirror to digests", "the mirror decides what a tag means")
	LossTLSVerify  = loss("loss/tls-verify", Error, "the target cannot check certificates as asked", "a connection may go to an impostor")
)

var lossRules []Rule

//go:noinline
func loss(code string, severity Severity, summary, consequence string) Rule {
	r := Rule{Code: code, Severity: severity, Summary: summary, Consequence: consequence}
	if severity == Error {
		r.Fix = "use a target that can say it, or accept the loss by its code"
	}
	lossRules = append(lossRules, r)
	return r
}

// LossRules returns every loss that a plan may report.
func LossRules() []Rule { return slices.Clone(lossRules) }

// Lost starts a diagnostic of a loss rule. target names the engine; detail
// may add what is special about the case.
func Lost(rule Rule, target, field, detail string) Diagnostic {
	msg := target + ": " + rule.Summary + ": " + rule.Consequence
	if detail != "" {
		msg += " (" + detail + ")"
	}
	return Diagnostic{Severity: rule.Severity, Code: rule.Code, Field: field, Message: msg, Fix: rule.Fix}
}

// Settle lowers the losses that the caller accepted to warnings.
func (p PlanOptions) Settle(ds Diagnostics) Diagnostics {
	for i := range ds {
		if ds[i].Severity == Error && slices.Contains(p.Accepted, ds[i].Code) && isLoss(ds[i].Code) {
			ds[i].Severity, ds[i].Fix = Warning, ""
		}
	}
	return ds
}

func isLoss(code string) bool {
	return slices.ContainsFunc(lossRules, func(r Rule) bool { return r.Code == code })
}
