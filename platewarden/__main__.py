"""`python -m platewarden`: the same as `platewarden`."""

from platewarden.cli.main import run

if __name__ == "__main__":
    run()
