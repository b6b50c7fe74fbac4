"""The reference pages of docs/, read off the program: one file for each page."""
