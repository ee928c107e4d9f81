// Package recorder is a set of OCI registries on loopback which write down every request they get.
//
// One Recorder holds any number of endpoints. Each endpoint listens on its own address, plays one Mode
// (serve, 404, 500, hang, …) and appends to one common log, so that the order in which a client walked
// its mirrors can be read off afterwards. Content is a small image built in code; nothing is read from
// disk and no other address is contacted.
package recorder
