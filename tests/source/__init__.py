"""Tests of the seam: a recording that is no bundle goes through the whole program."""
