package verify

// The limits of the format. A file outside them is unreadable, so that no sum
// can overflow and no position can leave 32 bits.
const (
	maxFile     = 4 << 30       // bytes
	maxDepth    = 32            // nested lists and objects in the settings
	maxCapacity = 1_000_000     // places of one id; also the largest minimum
	maxScore    = 1_000_000_000 // of one edge, either sign
	maxPrice    = 1 << 61       // of one right id, either sign; also the largest bonus
	maxIndex    = 1<<31 - 2     // of a list element
	maxWeight   = 1000          // of one explanation line; the lines of a pair add up to it
	maxShare    = 60            // of one explanation line
	minPlans    = 2             // of a lottery
	maxPlans    = 64
)
