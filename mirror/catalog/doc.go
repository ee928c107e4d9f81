// Package catalog knows public mirrors of container registries: which
// registries each serves, since when that is known and from where, and whether
// it still lives.
//
// The data is embedded ([Default]) and is a snapshot: every entry has a source
// and, where the source has one, a date. Whether a mirror answers today is
// what package mirror/probe finds out. A consumer brings a catalog of its own
// as TOML ([Parse]) and lays it over the embedded one ([Catalog.With]).
//
// [DaoCloud] is the mirror.Config that most users start from: twelve
// registries, each with the mirror that replaces its prefix.
//
// Some providers rewrite references rather than being configured:
// [Provider.AddPrefix] and [Provider.ReplacePrefix] do so,
// [Provider.Original] goes back. Some serve only images on a list:
// [AllowList] answers whether an image is on it.
package catalog
