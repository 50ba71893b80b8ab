"""核实: screenshots that people sent beside a claim, a person's verdict on each, and objections to it."""
