"""Is what the simulators answer valid against the vendors' own descriptions? `make conformance SPECS=folder`."""
