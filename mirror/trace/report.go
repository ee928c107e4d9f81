package trace

import "github.com/mirrorcfg/mirrorcfg/mirror"

// Report is what a log proves.
type Report struct {
	// Lines and Bytes are what was read.
	Lines int64 `json:"lines"`
	Bytes int64 `json:"bytes"`
	// Files are the configuration files and directories that the log names,
	// in the order of first mention.
	Files []File `json:"files"`
	// Pulls are the images that were asked for, in order.
	Pulls []Pull `json:"pulls"`
	// Totals counts over all pulls, kept or not, per endpoint in the order of
	// first contact.
	Totals []Total `json:"totals"`
	// Findings say in words what the log means for the configuration. Line is
	// the line of the log.
	Findings mirror.Diagnostics `json:"findings"`
	// Truncated is true where the log ends in the middle of a line.
	Truncated bool `json:"truncated"`
	// Omitted counts what was seen and not kept.
	Omitted Omitted `json:"omitted"`
}

// Omitted counts what a report leaves out to stay small.
type Omitted struct {
	// Pulls beyond the first and the latest few hundred.
	Pulls int64 `json:"pulls"`
	// Endpoints and Objects of single pulls.
	Endpoints int64 `json:"endpoints"`
	Objects   int64 `json:"objects"`
	// Files, and Totals of endpoints.
	Files  int64 `json:"files"`
	Totals int64 `json:"totals"`
	// LongLines are lines of which only the beginning was read.
	LongLines int64 `json:"long_lines"`
}

// FileKind says what a file or directory is for.
type FileKind string

const (
	// RegistriesConf is a registries.conf or one of its drop-ins.
	RegistriesConf FileKind = "registries.conf"
	// ConfigTOML is containerd's config.toml. Of a key that a plugin does not
	// know the log has the plugin in place of the file.
	ConfigTOML FileKind = "config.toml"
	// HostsDir is a directory of hosts.toml files, or one registry's part of
	// it.
	HostsDir FileKind = "hosts-dir"
	// CertsDir is a directory that is searched for certificates.
	CertsDir FileKind = "certs-dir"
)

// File is a configuration file or directory that the log names.
type File struct {
	Path string   `json:"path"`
	Kind FileKind `json:"kind"`
	// Line of first mention; Count of mentions.
	Line  int64 `json:"line"`
	Count int64 `json:"count"`
	// Undecoded are the keys that the engine did not know and ignored.
	Undecoded []UndecodedKey `json:"undecoded,omitempty"`
	// Error is why it was refused or ignored.
	Error string `json:"error,omitempty"`
}

// UndecodedKey is a key that an engine ignored, and how often it stands in the
// file.
type UndecodedKey struct {
	Key   string `json:"key"`
	Count int    `json:"count"`
}

// Outcome is how a pull or a request ended.
type Outcome string

const (
	// Unknown: the log does not show the end.
	Unknown Outcome = "unknown"
	// Served: the pull succeeded, the endpoint delivered.
	Served Outcome = "served"
	// Failed: the pull failed, the endpoint did not deliver.
	Failed Outcome = "failed"
)

// Pull is one image that was asked for.
type Pull struct {
	// Image is the reference that was asked for, as complete as the log has
	// it.
	Image string `json:"image"`
	// Engine is "containers/image", "containerd" or "dockerd".
	Engine  string  `json:"engine"`
	Outcome Outcome `json:"outcome"`
	Error   string  `json:"error,omitempty"`
	// Endpoints are those asked for the manifest, in order of first contact.
	Endpoints []Endpoint `json:"endpoints"`
	// ServedBy is the host that served the manifest; empty where the log does
	// not say.
	ServedBy string `json:"served_by"`
	// Manifests are those fetched by digest, Blobs the config and layers.
	Manifests []Object `json:"manifests,omitempty"`
	Blobs     []Object `json:"blobs"`
	Transfer  Transfer `json:"transfer"`
	// Line and LastLine are the lines of the log where it begins and ends.
	Line     int64 `json:"line"`
	LastLine int64 `json:"last_line"`
}

// Endpoint is one place that was asked for the manifest.
type Endpoint struct {
	// Host is host[:port] as it was contacted.
	Host string `json:"host"`
	// Mirror is false for the image's own registry, and where the log does not
	// name the image.
	Mirror bool `json:"mirror"`
	// Reference is the image's name at this endpoint, where the log has it.
	Reference string `json:"reference,omitempty"`
	// Method and URL are those of the manifest request, or of the request
	// that came nearest to it. Queries other than ns are left out.
	Method string `json:"method,omitempty"`
	URL    string `json:"url,omitempty"`
	// Status is the last HTTP status, 0 where none is known. Inferred means
	// that the log tells it in words, or by what followed.
	Status   int     `json:"status"`
	Inferred bool    `json:"inferred,omitempty"`
	Outcome  Outcome `json:"outcome"`
	// Reason is the error as logged, without the queries of URLs.
	Reason string `json:"reason,omitempty"`
	// Tries counts manifest requests, Waits the pauses after a 429.
	Tries int `json:"tries"`
	Waits int `json:"waits,omitempty"`
	// ContentType of the manifest, where the log has it.
	ContentType string `json:"content_type,omitempty"`
	Line        int64  `json:"line"`
}

// ObjectKind says what an object of an image is.
type ObjectKind string

const (
	KindManifest ObjectKind = "manifest"
	KindConfig   ObjectKind = "config"
	KindLayer    ObjectKind = "layer"
	KindBlob     ObjectKind = "blob" // config or layer, the log does not say which
)

// Object is a manifest or blob that was fetched by digest.
type Object struct {
	Digest string     `json:"digest"`
	Kind   ObjectKind `json:"kind"`
	// Host served it; empty where the log does not say.
	Host    string  `json:"host,omitempty"`
	Outcome Outcome `json:"outcome"`
	Status  int     `json:"status,omitempty"`
	// Bytes is -1 where unknown. Exact is false where it was read from a
	// rounded display such as 4.0MiB.
	Bytes int64 `json:"bytes"`
	Exact bool  `json:"exact"`
	// Seconds from request to end, -1 where unknown. Console logs count whole
	// seconds.
	Seconds float64 `json:"seconds"`
	// Refused lists the hosts that were asked before and did not deliver.
	Refused []Refusal `json:"refused,omitempty"`
	Line    int64     `json:"line"`
}

// Refusal is an endpoint that did not deliver an object.
type Refusal struct {
	Host   string `json:"host"`
	Status int    `json:"status,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// TransferSource says where the numbers of a Transfer come from.
type TransferSource string

const (
	// FromNothing: the log does not tell.
	FromNothing TransferSource = ""
	// FromTimestamps: the sizes of the blobs over the time from the first
	// request for one of them to the end of the last, as the log's time
	// stamps show it.
	FromTimestamps TransferSource = "timestamps"
	// FromEngine: the engine printed its own total and time.
	FromEngine TransferSource = "engine"
)

// Transfer is how much a pull moved and how fast.
type Transfer struct {
	// Bytes is -1 where unknown.
	Bytes int64 `json:"bytes"`
	Exact bool  `json:"exact"`
	// Seconds is -1 where unknown.
	Seconds float64 `json:"seconds"`
	// BytesPerSecond is 0 where it cannot be told.
	BytesPerSecond float64        `json:"bytes_per_second"`
	Source         TransferSource `json:"source"`
}

// Total counts what one endpoint did over the whole log.
type Total struct {
	Host string `json:"host"`
	// Asked counts the pulls that asked it for a manifest, Served and Failed
	// how those ended.
	Asked  int64 `json:"asked"`
	Served int64 `json:"served"`
	Failed int64 `json:"failed"`
	// Statuses counts the last status of each, in ascending order; 0 is no
	// answer.
	Statuses []StatusCount `json:"statuses"`
	// Blobs and Bytes that it delivered.
	Blobs int64 `json:"blobs"`
	Bytes int64 `json:"bytes"`
}

// StatusCount is how often a status was the answer.
type StatusCount struct {
	Status int   `json:"status"`
	Count  int64 `json:"count"`
}
