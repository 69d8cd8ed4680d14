"""The scripts that draw what the site shows: run ``python -m drawings.make``."""
