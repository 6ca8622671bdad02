"""`python -m octet` is the program."""

from octet._program import main

main()
