package tomledit

import (
	"bytes"
	"iter"
	"sync"
)

// Document is one TOML file: its bytes and what they mean. Reading is safe
// for concurrent use as long as nobody applies an edit at the same time.
type Document struct {
	snap *snapshot
}

// snapshot is one state of the bytes. It never changes; an applied edit
// gives the document a new one. Nodes belong to a snapshot, so a node that
// outlives an edit still reads the state it was taken from.
type snapshot struct {
	src []byte
	bom int // length of the byte order mark: 0 or 3

	parseOnce sync.Once
	err       error
	tree

	lineOnce sync.Once
	lines    []uint32 // offset of each line's first byte

	contentOnce sync.Once
	content     int // see contentEnd

	ext   extents
	style style
}

// Parse reads src, which it keeps and which must not be changed afterwards.
// The error is a *SyntaxError. Faults in the structure, such as a key defined
// twice, are not errors here: see [Document.Faults].
func Parse(src []byte) (*Document, error) {
	s := newSnapshot(src)
	s.load()
	if s.err != nil {
		return nil, s.err
	}
	return &Document{snap: s}, nil
}

func newSnapshot(src []byte) *snapshot {
	s := &snapshot{src: src}
	if bytes.HasPrefix(src, []byte("\xef\xbb\xbf")) {
		s.bom = 3
	}
	return s
}

func (s *snapshot) load() {
	s.parseOnce.Do(func() { s.err = s.build() })
}

// loaded is the current snapshot with its tree.
func (d *Document) loaded() *snapshot {
	d.snap.load()
	return d.snap
}

// Err is nil unless an applied edit left bytes that are not TOML, which only
// a defect in this package can cause.
func (d *Document) Err() error { return d.loaded().err }

// Bytes are the document's current bytes. They must not be changed.
func (d *Document) Bytes() []byte { return d.snap.src }

// HasBOM reports whether the file begins with a UTF-8 byte order mark. Some
// engines refuse such a file, so that the caller should know.
func (d *Document) HasBOM() bool { return d.snap.bom != 0 }

// Root is the table that the whole document makes up.
func (d *Document) Root() Node { return Node{d.loaded(), 0} }

// Lookup finds the node at a path of decoded keys, case-sensitive. An array
// of tables in the middle of the path stands for its last element, as it does
// in a header. The result is not valid if there is no such node.
func (d *Document) Lookup(path ...string) Node { return d.Root().Get(path...) }

// Faults are the defects of structure, in file order.
func (d *Document) Faults() []Fault { return d.loaded().faults }

// Headers are the tables that [header] and [[header]] lines define, in the
// order of these lines. A table that is only implied by a longer header or a
// dotted key does not occur; a header that repeats an earlier one does, as a
// node of its own.
func (d *Document) Headers() iter.Seq[Node] {
	s := d.loaded()
	return func(yield func(Node) bool) {
		for _, h := range s.headers {
			if !yield(Node{s, h.node}) {
				return
			}
		}
	}
}

// Position tells line and column of an offset.
func (d *Document) Position(offset int) Position { return d.snap.position(offset) }
