package bench

import (
	"os"
	"time"
)

// Work is one thing to be done, by this library and by others.
type Work struct {
	// Name is short, for subtests; Title is for readers.
	Name, Title string
	// Note says what makes the entries comparable, or not quite.
	Note string
	// Setup prepares the entries, with files in dir. What it does is not
	// measured.
	Setup func(dir string) ([]Entry, error)
}

// Role says what an entry is measured for.
type Role uint8

const (
	// Ours is this library.
	Ours Role = iota
	// Peer is another tool that does the work.
	Peer
	// Yardstick is a part of the work without which it cannot be done, such as
	// parsing; it tells how fast the machine is.
	Yardstick
	// Floor is what the file system takes of a peer's time, and is taken off.
	Floor
)

// Entry is one way to do the work.
type Entry struct {
	// Name is the function, with the module's version if it is not ours.
	Name string
	Role Role
	// Op does the work once.
	Op func() error
	// Check tells after the first Op whether the work was done.
	Check func() error
	// Units is how many registries or mirrors one Op handles; 0 is 1.
	Units int

	// Limit and AllocsPerUnit are the budget of an entry of ours; 0 is none.
	Limit         time.Duration
	AllocsPerUnit float64

	// Less names the Floor entry whose time is taken off.
	Less string
	// AtLeast is the bound of a peer or a yardstick: its time divided by that
	// of ours. 0 is none. Target is the budget of the
	// same ratio, where the budget is one.
	AtLeast, Target float64
}

func (e Entry) units() float64 { return float64(max(e.Units, 1)) }

// All lists the work, in the order of the table.
func All() []Work {
	return []Work{
		RenderHosts(1_000), RenderGrowth(),
		EditDaemon(3), EditDaemon(1_000), EditDaemonGrowth(),
		EditRegistries(1_000), EditRegistriesGrowth(), ApplyPolicy(1_000), ApplyPolicy(4_000),
		LoadRegistries(10_000), LoadWharfie(1_000),
		AttemptsPodman(10_000), AttemptsContainerd(10_000), AttemptsDocker(10_000),
	}
}

// MemoryDir is where files cost least: tmpfs if there is one.
func MemoryDir() string {
	const shm = "/dev/shm"
	if dir, err := os.MkdirTemp(shm, "bench"); err == nil {
		_ = os.Remove(dir)
		return shm
	}
	return os.TempDir()
}
