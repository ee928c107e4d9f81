// Package distribution knows the configuration of Distribution ("registry:2",
// "registry:3", docker-registry) as a pull-through cache.
//
//   - [Config] is config.yml as a value; [Config.Encode] writes it in the shape
//     of a version: 2.8 and 3 differ in Redis and in what the proxy can say.
//   - [Parse] reads an existing file and keeps its positions; [File.Lint] says
//     what a version refuses or silently ignores in it.
//   - [NewDeployment] makes one cache for each upstream of a mirror.Config,
//     with what starts them and the mirror.Config of their clients.
//
// The reader understands the YAML that configuration files are written in:
// block mappings and lists, flow lists and mappings on one line, quoted and
// plain scalars, comments. It refuses anchors, tags, several documents and
// scalars over several lines with their position, rather than guess at them.
// A YAML module would be a requirement of every consumer of the root module
// for one small file format; and reading and writing are not worth a module of
// their own. That both agree with Distribution's parser is tested in
// examples/cache.
package distribution
