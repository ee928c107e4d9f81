package provider

import (
	"path/filepath"
	"sync"
)

// rootLocks makes resources of one run that share a root wait for each other.
// Terraform applies ten at once, and fileset.Apply refuses to work on a root
// where another apply is at work.
type rootLocks struct {
	mu    sync.Mutex
	roots map[string]*sync.Mutex
}

// lock returns what unlocks the root again.
func (l *rootLocks) lock(root string) (unlock func()) {
	l.mu.Lock()
	if l.roots == nil {
		l.roots = map[string]*sync.Mutex{}
	}
	key := filepath.Clean(root)
	m, ok := l.roots[key]
	if !ok {
		m = &sync.Mutex{}
		l.roots[key] = m
	}
	l.mu.Unlock()
	m.Lock()
	return m.Unlock
}
