package main

const size = 4096
