package matching

// Split divides total into whole parts proportional to the portions, by the
// method of the largest remainder; equal remainders go to the lower index. The
// parts sum to total unless every portion is zero, when all parts are zero.
// Portions must not be negative.
func Split(total int, portions []int) []int {
	parts := make([]int, len(portions))
	split(parts, make([]int, len(portions)), total, portions)
	return parts
}

// split is Split into memory that is there; rest is for its own use. Both are
// as long as portions.
func split(parts, rest []int, total int, portions []int) {
	clear(parts)
	sum := 0
	for _, p := range portions {
		sum += p
	}
	if sum == 0 {
		return
	}
	left := total
	for i, p := range portions {
		parts[i], rest[i] = total*p/sum, total*p%sum
		left -= parts[i]
	}
	for ; left > 0; left-- {
		best := 0
		for i, r := range rest {
			if r > rest[best] {
				best = i
			}
		}
		parts[best]++
		rest[best] = -1
	}
}
