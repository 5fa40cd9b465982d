// Package shelf is a library of the sample: no command of it imports it.
package shelf

import (
	"errors"
	"sort"

	"example.com/sample/internal/text"
)

// ErrFull is returned by Add when the shelf holds as many books as it can.
var ErrFull = errors.New("shelf: full")

// Shelf holds the titles of books.
type Shelf struct {
	titles []string
	room   int
}

// New returns an empty shelf with room for n books.
func New(n int) *Shelf {
	return &Shelf{room: n}
}

// Add puts a book on the shelf.
func (s *Shelf) Add(title string) error {
	if len(s.titles) >= s.room {
		return ErrFull
	}
	s.titles = append(s.titles, text.Title(title))
	sort.Strings(s.titles)
	return nil
}

// Titles lists the books in order.
func (s *Shelf) Titles() []string {
	return append([]string(nil), s.titles...)
}
