package recorder

// Mode is how an endpoint answers.
type Mode string

// The modes. Those with a status which is about the image answer the version check `/v2/` with 200, so that
// every client gets as far as asking for the image; the others treat it as any request. Endpoint.Ping
// overrides that.
const (
	OK              Mode = ""                  // serves the image under any repository name
	NotFound        Mode = "404"               // has no image; /v2/ answers 200
	Unauthorized    Mode = "401"               // Basic challenge for everything, whatever is sent
	Token           Mode = "token"             // Bearer challenge; serves the image once a token was fetched
	TokenLoop       Mode = "token-loop"        // Bearer challenge again, even with a valid token
	Forbidden       Mode = "403"               // 403; /v2/ answers 200
	ServerError     Mode = "500"               // 500; /v2/ answers 200
	TooManyRequests Mode = "429"               // 429 with Retry-After: 1; /v2/ answers 200
	Hang            Mode = "hang"              // accepts the request and never answers
	WrongDigest     Mode = "wrong-digest"      // HEAD tells the truth, GET of a manifest delivers other bytes
	HTML            Mode = "html"              // 200 and a web page for everything, like a captive portal
	Redirect        Mode = "redirect"          // 307 to Endpoint.Target, same path and query
	Drop            Mode = "drop"              // reads the request and closes the connection
	HeadNotAllowed  Mode = "head-not-allowed"  // 405 for HEAD, otherwise as OK
	NoDigestHeader  Mode = "no-content-digest" // as OK, without the Docker-Content-Digest header
)

// ping is the mode in which the version check is answered when the endpoint does not say.
func (m Mode) ping() Mode {
	switch m {
	case NotFound, Forbidden, ServerError, TooManyRequests, WrongDigest, HeadNotAllowed, NoDigestHeader:
		return OK
	}
	return m
}
