"""Keywords shared by the bundles of the Harbor CodeCollection."""
