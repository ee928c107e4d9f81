// Package trace reads the log of an image pull and says what it proves: which
// configuration files were loaded, which keys were not understood, every
// endpoint that was tried and how it answered, which one served the manifest
// and each blob, and how fast.
//
// It understands what containers/image writes (podman, buildah and skopeo with
// --log-level debug, CRI-O from level info on), what containerd's resolver
// writes (the daemon's log, ctr and nerdctl with --debug, dockerd with the
// containerd image store) and what dockerd's own puller writes with debug on.
// Each may come as logrus prints it to a terminal (DEBU[0003] …), as logrus
// text (time="…" level=debug msg="…") or as logrus JSON, behind a prefix of
// journald or of Kubernetes, inside the JSON of Docker's log files or of
// journalctl -o json, with escape sequences and progress bars in between. The
// form is found line by line, so a pasted terminal session works as well as a
// daemon's log.
//
// Reading is a single pass in constant memory. Counts are complete whatever
// the size; of the pulls themselves the first and the latest are kept, see
// [Report.Omitted].
//
// What a log does not say is left unset rather than guessed: containers/image
// logs no HTTP status of a manifest request, so the status is taken from the
// words of the error that follows, and marked [Endpoint.Inferred].
package trace
