"""`python -m jackfield_local`: the same as `jackfield-local`."""

from jackfield_local.cli import main

if __name__ == "__main__":
    main(prog_name="jackfield-local")
