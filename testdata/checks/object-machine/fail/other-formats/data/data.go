// Package data has an object with data alone.
package data
