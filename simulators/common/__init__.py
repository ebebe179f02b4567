"""What every simulator needs: a server, routes, faults, a clock, logins, a request log, control calls and pages."""
