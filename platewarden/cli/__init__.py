"""The one command, `platewarden`: thin, calls acts, and imports a wing only when it is asked for."""
