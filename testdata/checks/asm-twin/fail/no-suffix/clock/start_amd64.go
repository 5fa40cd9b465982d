package clock

const start = 1
