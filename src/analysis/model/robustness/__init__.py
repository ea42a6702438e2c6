"""Which conclusions hold: what changes when the assumptions do."""
