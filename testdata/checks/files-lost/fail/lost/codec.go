// Package codec registers what each architecture has.
package codec

// Names are the codecs.
var Names []string
