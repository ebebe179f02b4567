"""Stand-ins for the systems that Tieout talks to. Nothing that runs in production imports this."""
