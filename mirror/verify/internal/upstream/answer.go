// Package upstream holds what every wrapped parser has in common: the
// question put to it, the answer it gives, and the files laid out on disk so
// that code which only knows paths can read them.
//
// It depends on the standard library alone, because it is also compiled into
// programs that are pinned to old versions of an engine.
package upstream

// Operation is what an engine is asked to do with a reference.
type Operation string

// The operations a registry host can be chosen for.
const (
	Pull    Operation = "pull"
	Resolve Operation = "resolve"
	Push    Operation = "push"
)

// Question is a set of files and the references to explain with them.
type Question struct {
	Files      []File    `json:"files"`
	Operation  Operation `json:"operation,omitempty"`
	References []string  `json:"references"`
	// Also are further operations to answer for the same files.
	Also []Operation `json:"also,omitempty"`

	// Roots are containerd's host directories, as paths on the node, in the
	// order in which they are tried.
	Roots []string `json:"roots,omitempty"`

	// Home and UID say whose configuration the containers/image family
	// looks up. Env is what that user has in the environment.
	Home string            `json:"home,omitempty"`
	UID  int               `json:"uid,omitempty"`
	Env  map[string]string `json:"env,omitempty"`
	// Main is the main file named by an option such as --registries-conf.
	Main string `json:"main,omitempty"`

	// Docker says what a dockerd is started with besides its files.
	Docker DockerStore `json:"docker,omitempty"`
}

// Ask is one thing to answer.
type Ask struct {
	Reference string
	Operation Operation
}

// Asks are all things to answer, one operation after the other.
func (q Question) Asks() []Ask {
	asks := make([]Ask, 0, len(q.References)*(1+len(q.Also)))
	for _, op := range append([]Operation{q.Operation}, q.Also...) {
		for _, ref := range q.References {
			asks = append(asks, Ask{Reference: ref, Operation: op})
		}
	}
	return asks
}

// DockerStore is the image store of a Docker Engine. It decides which of the
// daemon's two pull paths is taken.
type DockerStore string

// The two image stores.
const (
	ContainerdStore DockerStore = "containerd"
	GraphDriver     DockerStore = "graphdriver"
)

// File is one file of a node. Path is slash-separated and begins at the
// node's root, with or without a leading slash. Link, when set, makes it a
// symbolic link.
type File struct {
	Path string `json:"path"`
	Data []byte `json:"data,omitempty"`
	Link string `json:"link,omitempty"`
	Dir  bool   `json:"dir,omitempty"`
}

// Answer is what a parser makes of one reference.
type Answer struct {
	Reference string     `json:"reference"`
	Endpoints []Endpoint `json:"endpoints,omitempty"`
	// Requests are the HTTP requests the engine makes when every endpoint
	// answers 404, in order.
	Requests []Request `json:"requests,omitempty"`
	// Logged is what the engine reports in its log only.
	Logged []Log `json:"logged,omitempty"`
	// Err is the error that the engine gives to its caller, "" for none.
	Err string `json:"err,omitempty"`
	// Panic is set when the parser panicked.
	Panic string `json:"panic,omitempty"`
	// Blocked is set when the registry may not be used at all.
	Blocked bool `json:"blocked,omitempty"`
	// IgnoredKeys are keys the parser did not know and passed over.
	IgnoredKeys []string `json:"ignored_keys,omitempty"`
	// Search is the list of unqualified-search registries, ShortNameMode the
	// mode that applies to a reference without a registry.
	Search        []string `json:"search,omitempty"`
	ShortNameMode string   `json:"short_name_mode,omitempty"`
	// CRI is what containerd's CRI plugin works with.
	CRI *CRI `json:"cri,omitempty"`
}

// CRI are the registry settings that reached containerd's CRI plugin, after
// imports, migration and defaults.
type CRI struct {
	ConfigPath string              `json:"config_path"`
	Mirrors    map[string][]string `json:"mirrors,omitempty"`
	// Transfer is set when CRI pulls go through the transfer service.
	Transfer bool `json:"transfer,omitempty"`
}

// Failed reports whether the engine refuses the reference or its files.
func (a Answer) Failed() bool { return a.Err != "" || a.Panic != "" }

// Endpoint is one place an engine goes to, in its own terms.
type Endpoint struct {
	Scheme       string              `json:"scheme"`
	Host         string              `json:"host"`
	Path         string              `json:"path"`
	Reference    string              `json:"reference,omitempty"`
	Mirror       bool                `json:"mirror"`
	Capabilities []string            `json:"capabilities,omitempty"`
	Header       map[string][]string `json:"header,omitempty"`
	TLS          TLS                 `json:"tls"`
	// HTTPFallback is set when https is tried first and http after it.
	HTTPFallback bool   `json:"http_fallback,omitempty"`
	Namespace    string `json:"namespace,omitempty"`
	Blocked      bool   `json:"blocked,omitempty"`
}

// TLS is what an endpoint's transport is set up to do.
type TLS struct {
	SkipVerify  bool `json:"skip_verify,omitempty"`
	CAs         int  `json:"cas,omitempty"`
	ClientCerts int  `json:"client_certs,omitempty"`
}

// Request is an HTTP request to Endpoints[Endpoint].
type Request struct {
	Method   string `json:"method"`
	URL      string `json:"url"`
	Endpoint int    `json:"endpoint"`
}

// Ignored is the level of what no log tells: the message is a key that the
// parser passes over.
const Ignored = "ignored"

// Log is one line of an engine's log.
type Log struct {
	Level   string `json:"level"`
	Message string `json:"message"`
}

// Parser answers questions. Explain gives one answer for each of the question's
// Asks, in order. It is safe for concurrent use.
type Parser interface {
	Explain(Question) []Answer
}

// ParserFunc is a function that is a Parser.
type ParserFunc func(Question) []Answer

// Explain calls f.
func (f ParserFunc) Explain(q Question) []Answer { return f(q) }

// Fail answers all of q with err.
func Fail(q Question, err error) []Answer {
	asks := q.Asks()
	answers := make([]Answer, len(asks))
	for i, ask := range asks {
		answers[i] = Answer{Reference: ask.Reference, Err: err.Error()}
	}
	return answers
}
