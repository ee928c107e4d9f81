// Package probe measures mirrors: is each one alive, does it serve the
// registry it stands for, does it agree with the others on what a tag means,
// and how fast is it.
//
// A [Prober] asks each mirror of a mirror.Config what an engine would ask: GET
// /v2/, an anonymous token where one is wanted, HEAD and GET of a manifest,
// and ranged reads of one of its blobs. The [Report] has one [Result] for each
// mirror, with a [Verdict] and the reason in words; [Report.Ranked] turns it
// into a Config with the fastest mirror first.
//
// The protocol is spoken with net/http alone. Registry clients such as
// oras-go hide what is to be told apart here (which redirect, which phase,
// which byte), and would weigh on every consumer of the module.
//
// Nothing is sent to a host that it is not for: a mirror's headers and client
// certificates go to that mirror's own scheme, host and port, never to a
// redirect's target or a token realm elsewhere, and no credential store or
// environment is read.
package probe
