"""Programs as integrators write them: both checkers take them in their strict modes, and each is run."""
