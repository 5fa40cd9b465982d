// Package skipped is below a directory whose name begins with an underscore.
package skipped
