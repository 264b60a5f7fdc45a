#!/usr/bin/python3
"""Each checker is shown a planted violation and must find it, and a clean file and must be silent. Prints TAP."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TOOLS = Path(__file__).resolve().parent.parent


def run(tool, *arguments, cwd=None, env=None):
    """(exit code, everything printed) of one of our tools."""
    done = subprocess.run([str(TOOLS / tool), *arguments], cwd=cwd, capture_output=True, text=True,
                          env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout + done.stderr


class InFolder(unittest.TestCase):
    """A test with a folder of its own, so that planted files never stand in the project."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = Path(self.folder.name)
        self.addCleanup(self.folder.cleanup)

    def put(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def finds(self, tool, *arguments, text):
        code, output = run(tool, *arguments, cwd=self.root)
        self.assertEqual(code, 1, output)
        self.assertIn(text, output)

    def silent(self, tool, *arguments):
        code, output = run(tool, *arguments, cwd=self.root)
        self.assertEqual(code, 0, output)


class Sizes(InFolder):
    def test_a_function_of_60_lines_passes_and_one_of_61_is_found(self):
        self.put("src/a.c", "int f(void)\n{\n" + "    g();\n" * 57 + "}\n")
        self.silent("sizes", "src")
        self.put("src/a.c", "int f(void)\n{\n" + "    g();\n" * 58 + "}\n")
        self.finds("sizes", "src", text="61 lines")

    def test_a_file_of_501_lines_is_found(self):
        self.put("src/a.c", "int x;\n" * 501)
        self.finds("sizes", "src", text="501 lines")

    def test_a_web_file_of_301_lines_is_found(self):
        self.put("web/src/a.ts", "export {};\n" * 301)
        self.finds("sizes", "web/src", text="301 lines")

    def test_seven_parameters_are_found(self):
        self.put("src/a.c", "int f(int a, int b, int c, int d, int e, int f, int g)\n{\n    return a;\n}\n")
        self.finds("sizes", "src", text="7 parameters")

    def test_the_arena_and_the_fail_are_not_counted(self):
        self.put("src/a.c", "int f(int a, int b, int c, int d, struct arena *m, int e, int g, struct fail *f)\n{\n    return a;\n}\n")
        self.silent("sizes", "src")

    def test_brackets_inside_a_parameter_are_not_counted(self):
        self.put("src/a.c", "int f(int (*a)(int, int, int), int b, int c, int d, int e, int g)\n{\n    return b;\n}\n")
        self.silent("sizes", "src")

    def test_nesting_makes_complexity_and_is_found(self):
        deep = "if (a) { for (;;) { while (b) { if (c && d || e) { x ? y : z; } } } } else { g(); }"
        self.put("src/a.c", f"void f(void)\n{{\n{deep}\n}}\n")
        self.finds("sizes", "src", text="complexity 18")

    def test_words_in_comments_and_text_are_not_code(self):
        self.put("src/a.c", 'void f(void)\n{\n' + '    g("if (a && b) {"); /* if while for && */\n' * 20 + '}\n')
        self.silent("sizes", "src")

    def test_a_reason_lifts_the_limit_and_is_counted(self):
        self.put("src/a.c", "/* sizes: one case for each opcode */\nint f(void)\n{\n" + "    g();\n" * 70 + "}\n")
        code, output = run("sizes", "src", cwd=self.root)
        self.assertEqual(code, 0, output)
        self.assertIn("1 exempt", output)


class Layers(InFolder):
    def setUp(self):
        super().setUp()
        self.put("tools/layers.txt", "base:\nio/db: \nio/log:   *\ndomain/user:\ndomain/tutor: domain/user\n")
        for noun in ("io/db/db", "io/log/log", "domain/user/user", "domain/tutor/tutor", "app/routes", "base/str"):
            self.put(f"src/{noun}.h", "#pragma once\n")
        self.put("src/domain/user/user_priv.h", "#pragma once\n")

    def test_allowed_edges_are_silent(self):
        self.put("src/domain/tutor/tutor.c", '#include "domain/user/user.h"\n#include "base/str.h"\n#include "io/log/log.h"\n')
        self.put("src/app/app.c", '#include "domain/tutor/tutor.h"\n')
        self.silent("layers")

    def test_an_edge_that_is_not_listed_is_found(self):
        self.put("src/domain/user/user.c", '#include "domain/tutor/tutor.h"\n')
        self.finds("layers", text="no edge from domain/user to domain/tutor")

    def test_an_io_noun_without_a_star_is_closed_to_the_domain(self):
        self.put("src/domain/user/user.c", '#include "io/db/db.h"\n')
        self.finds("layers", text="no edge from domain/user to io/db")

    def test_base_may_not_know_io(self):
        self.put("src/base/str.c", '#include "io/log/log.h"\n')
        self.finds("layers", text="no edge from base to io/log")

    def test_a_private_header_is_closed_to_others(self):
        self.put("src/domain/tutor/tutor.c", '#include "domain/user/user_priv.h"\n')
        self.finds("layers", text="private to domain/user")

    def test_a_noun_without_a_line_is_found(self):
        self.put("src/domain/risk/risk.c", "int x;\n")
        self.finds("layers", text="domain/risk has no line")

    def test_a_circle_is_found(self):
        self.put("tools/layers.txt", "base:\nio/db: io/log\nio/log: io/db\n")
        self.finds("layers", text="stands below it")

    def test_sql_outside_a_db_file_is_found(self):
        self.put("src/domain/user/user.c", 'static const char *q = "SELECT id FROM users";\n')
        self.finds("layers", text="SQL outside *_db.c")
        self.put("src/domain/user/user.c", "int x;\n")
        self.put("src/domain/user/user_db.c", 'static const char *q = "SELECT id FROM users";\n')
        self.silent("layers")


class Banned(InFolder):
    def test_each_word_is_found_as_a_call(self):
        for word in ("strcpy", "sprintf", "atoi", "sscanf", "system", "gmtime", "rand", "strtok", "alloca"):
            self.put("src/a.c", f"void f(void)\n{{\n    {word}(x);\n}}\n")
            self.finds("banned", text=f"src/a.c:3: {word}:")

    def test_the_word_in_text_or_as_a_field_is_not_a_call(self):
        self.put("src/a.c", '/* strcpy(a) */\nstruct s { int system; };\nstatic const char *t = "strcpy(";\n')
        self.silent("banned")

    def test_heap_is_for_base_and_io(self):
        self.put("src/io/db/db.c", "void f(void)\n{\n    free(malloc(1));\n}\n")
        self.silent("banned")
        self.put("src/domain/user/user.c", "void f(void)\n{\n    free(p);\n}\n")
        self.finds("banned", text="comes from an arena")

    def test_a_reason_lifts_it(self):
        self.put("src/a.c", "void f(void)\n{\n    system(x); /* banned: it is the name of a field's callback */\n}\n")
        self.silent("banned")

    def test_what_a_macro_hides_is_found_in_the_object(self):
        source = self.put("src/a.c", "int atoi(const char *);\n#define NUMBER ato##i\n#define N2(x) at##x\n"
                                     "int f(const char *s);\nint f(const char *s)\n{\n    return N2(oi)(s);\n}\n")
        subprocess.run(["cc", "-c", str(source), "-o", str(self.root / "a.o")], check=True)
        self.put("build/compile_commands.json",
                 f'[{{"directory": "{self.root}", "file": "src/a.c", "output": "a.o"}}]')
        self.finds("banned", "--build", "build", text="its object calls atoi")


class Secrets(InFolder):
    def test_planted_secrets_are_found(self):
        half = "A" * 8
        planted = {
            "private key": "-----BEGIN " + "RSA PRIVATE KEY-----",
            "AWS key id": "AKIA" + half + "BBBBCCCC",
            "GitHub token": "ghp_" + "a1B2" * 9,
            "model provider key": "sk-" + "ant-" + "a1B2" * 10,
            "password in an address": "postgres" + "://app:hunter22@db/x",
            "assigned secret": 'api_key = "' + "q9X2mZ7LpR4vT8wK1sNd" + '"',
            "somebody's home folder": "/ho" + "me/maria/project",
        }
        for name, text in planted.items():
            self.put("a.txt", text + "\n")
            self.finds("secrets", "a.txt", text=name)

    def test_ordinary_text_and_exempted_lines_are_silent(self):
        self.put("a.txt", 'password = "change me please"\npostgres://localhost/x\n'
                          "AKIA" + "A" * 16 + "  # secrets: example of the vendor's manual\n")
        self.silent("secrets", "a.txt")

    def test_a_lock_file_with_another_registry_is_found(self):
        self.put("package-lock.json", '{"resolved": "https://npm.example.test/a.tgz"}\n')
        self.finds("secrets", "package-lock.json", text="npm.example.test")
        self.put("package-lock.json", '{"resolved": "https://registry.npmjs.org/a.tgz"}\n')
        self.silent("secrets", "package-lock.json")


class RunTests(InFolder):
    def of(self, script):
        """Exit code and output of the runner over one shell script."""
        arguments = ["--cmd", "demo", "--results", str(self.root / "r"), "--logs", str(self.root), "--timeout", "2"]
        return run("run-tests", *arguments, "--", "sh", "-c", script, cwd=self.root)

    def closing(self):
        return run("run-tests", "--summary", "--results", str(self.root / "r"))

    def test_counts_add_up(self):
        self.assertEqual(self.of("echo ok 1 - a; echo ok 2 - b; echo 'ok 3 - c # SKIP no database'; echo 1..3")[0], 0)
        code, output = self.closing()
        self.assertEqual(code, 0)
        self.assertTrue(output.endswith("2 passed, 0 failed, 1 skipped\n"), output)

    def test_a_failing_test_fails_the_run_and_is_named(self):
        code, output = self.of("echo not ok 1 - the clock goes back; exit 1")
        self.assertEqual(code, 1)
        self.assertIn("the clock goes back", output)
        code, output = self.closing()
        self.assertEqual(code, 1)
        self.assertTrue(output.endswith("0 passed, 1 failed\n"), output)

    def test_a_crash_no_test_and_a_short_plan_are_failures(self):
        self.assertIn("ended with code 3", self.of("echo ok 1 - a; exit 3")[1])
        self.assertIn("ran no test", self.of("true")[1])
        self.assertIn("planned 3 tests, reported 1", self.of("echo 1..3; echo ok 1 - a")[1])

    def test_a_hanging_program_is_stopped_with_its_children(self):
        code, output = self.of("echo ok 1 - a; sleep 60 & sleep 60")
        self.assertEqual(code, 1)
        self.assertIn("longer than its limit", output)

    def test_a_program_that_can_not_start_is_a_failure_and_the_others_still_run(self):
        for name, text in (("a.test.x", "#!/nonexistent/interpreter\n"), ("b.test.sh", "#!/bin/sh\necho ok 1 - b\n")):
            self.put("suite/" + name, text)
            (self.root / "suite" / name).chmod(0o755)
        code, output = run("run-tests", "--dir", "suite", "--results", "r", "--logs", ".", cwd=self.root)
        self.assertEqual(code, 1)
        self.assertIn("did not start", output)
        self.assertTrue(self.closing()[1].endswith("1 passed, 1 failed\n"))

    def test_only_may_be_given_again_to_narrow_further(self):
        for name in ("io_a", "io_b", "web_a"):
            self.put(f"suite/{name}.test.sh", "#!/bin/sh\necho ok 1 - fine\n")
            (self.root / f"suite/{name}.test.sh").chmod(0o755)
        run("run-tests", "--dir", "suite", "--results", "r", "--logs", ".", "--only", "io_", "--only", "_a", cwd=self.root)
        self.assertTrue(self.closing()[1].endswith("1 passed, 0 failed\n"))

    def test_a_run_of_nothing_is_a_failure(self):
        code, output = self.closing()
        self.assertEqual(code, 1)
        self.assertTrue(output.endswith("0 passed, 0 failed\n"), output)


class Analyse(InFolder):
    def setUp(self):
        super().setUp()
        for tool in ("clang-tidy", "cppcheck"):
            if not shutil.which(tool):
                self.skipTest(tool + " is not installed")
        shutil.copy(TOOLS.parent / ".clang-tidy", self.root)
        self.put("build/compile_commands.json",
                 f'[{{"directory": "{self.root}/build", "file": "../src/a.c", "output": "a.o",'
                 f'"command": "clang -I../src -std=gnu2x -o a.o -c ../src/a.c"}}]')
        self.put("src/a.h", "int f(int *p);\n")
        self.memory = {"XDG_CACHE_HOME": str(self.root / "cache")}

    def analyse(self):
        return run("analyse", "--build", "build", cwd=self.root, env=self.memory)

    def test_a_planted_bug_is_found_every_time(self):
        self.put("src/a.c", '#include "a.h"\nint f(int *p)\n{\n    if (p)\n        return 1;\n    return *p;\n}\n')
        for _ in range(2):
            code, output = self.analyse()
            self.assertEqual(code, 1, output)
            self.assertIn("NullDereference", output)

    def test_a_clean_file_is_remembered_until_it_or_its_header_changes(self):
        self.put("src/a.c", '#include "a.h"\nint f(int *p)\n{\n    return p ? *p : 0;\n}\n')
        self.assertIn("0 unchanged, 0 with findings", self.analyse()[1])
        self.assertIn("1 unchanged, 0 with findings", self.analyse()[1])
        self.put("src/a.h", "int f(int *p);\nint g(int *p);\n")
        self.assertIn("0 unchanged, 0 with findings", self.analyse()[1])


class Hooks(InFolder):
    def setUp(self):
        super().setUp()
        shutil.copytree(TOOLS, self.root / "tools", ignore=shutil.ignore_patterns("test", "__pycache__"))
        for name in (".pre-commit", ".clang-format"):
            shutil.copy(TOOLS.parent / name, self.root)
        self.git("init", "-q")
        for hook in ("pre-commit", "commit-msg"):
            path = self.put(f".git/hooks/{hook}", f'#!/bin/sh\nexec ./.pre-commit {hook} "$@"\n')
            path.chmod(0o755)

    def git(self, *arguments):
        # a hook of this project may itself be running: its repository must not be taken for ours
        env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.test"]
        done = subprocess.run(["git", *identity, *arguments], cwd=self.root, capture_output=True, text=True, env=env)
        return done.returncode, done.stdout + done.stderr

    def commit(self, subject):
        self.git("add", "-A")
        return self.git("commit", "-q", "-m", subject)

    def test_a_good_commit_passes_and_a_bad_subject_does_not(self):
        self.put("notes.txt", "a\n")
        self.assertEqual(self.commit("Did things")[0], 1)
        code, output = self.commit("notes: first line")
        self.assertEqual(code, 0, output)

    def test_a_banned_call_a_secret_and_a_blank_at_a_line_end_are_refused(self):
        for name, text, said in (
                ("src/io/a.c", "int f(void)\n{\n    return rand();\n}\n", "rand"),
                ("notes.txt", "key AKIA" + "A" * 16 + "\n", "AWS key id"),
                ("notes.txt", "blank \n", "trailing whitespace")):
            path = self.put(name, text)
            code, output = self.commit("notes: planted")
            self.assertEqual(code, 1, output)
            self.assertIn(said, output)
            self.git("rm", "-q", "--cached", "-f", name)
            path.unlink()


class Subjects(unittest.TestCase):
    def test_the_form_of_a_commit_subject(self):
        for good in ("tutor: smallest failing case first", "io/db, session: one writer", 'Revert "web: x"'):
            self.assertEqual(run("subjects", "--text", good)[0], 0, good)
        for bad in ("Fix stuff", "tutor:no blank", "tutor: ends in a stop.", "tutor: " + "x" * 70, "", "WIP: later"):
            self.assertEqual(run("subjects", "--text", bad)[0], 1, bad)


class Tap(unittest.TextTestResult):
    """Prints each test as a TAP line."""

    number = 0

    def line(self, good, test, rest=""):
        Tap.number += 1
        name = f"{type(test).__name__.lower()}: {test._testMethodName[5:].replace('_', ' ')}"
        print(f"{'ok' if good else 'not ok'} {Tap.number} - {name}{rest}", flush=True)

    def addSuccess(self, test):
        self.line(True, test)

    def addFailure(self, test, err):
        self.line(False, test)
        print("\n".join("# " + x for x in self._exc_info_to_string(err, test).splitlines()))

    addError = addFailure

    def addSkip(self, test, reason):
        self.line(True, test, " # SKIP " + reason)


class Quiet:
    """The TAP lines say everything; unittest's own report goes nowhere."""

    def write(self, text):
        pass

    def writeln(self, *text):
        pass

    def flush(self):
        pass


class Dev(InFolder):
    """sh has no local variables: what a verb keeps must outlive what it calls."""

    def test_the_hooks_leave_the_variables_of_a_verb_alone(self):
        subprocess.run(["git", "init", "-q", str(self.root)], check=True)
        text = 'ROOT=$(pwd); . "$1"; script=build; install_hooks; echo "$script"'
        done = subprocess.run(["sh", "-euc", text, "sh", str(TOOLS / "dev-lib.sh")], cwd=self.root,
                              capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (0, "build\n"), done.stderr)
        self.assertTrue((self.root / ".git/hooks/commit-msg").exists())


class Packages(InFolder):
    """tools/packages reads the list beside its own folder."""

    def packages(self, *arguments):
        done = subprocess.run([str(self.root / "tools/packages"), *arguments], capture_output=True, text=True)
        return done.returncode, done.stdout.split()

    def test_sections_choose_and_no_section_is_all(self):
        self.put("packages.apt", "# why\n# == run: x\nmeson # builds\n# == test: y\nclang\n# == bench: z\nwrk\n")
        self.put("tools/packages", (TOOLS / "packages").read_text()).chmod(0o755)
        self.assertEqual(self.packages("list", "run"), (0, ["meson"]))
        self.assertEqual(self.packages("list", "run", "test"), (0, ["clang", "meson"]))
        self.assertEqual(self.packages("list"), (0, ["clang", "meson", "wrk"]))

    def test_a_package_that_is_not_installed_is_missing(self):
        self.put("packages.apt", "# == run: x\ndpkg\nno-such-package\n")
        self.put("tools/packages", (TOOLS / "packages").read_text()).chmod(0o755)
        self.assertEqual(self.packages("missing", "run"), (0, ["no-such-package"]))


def main():
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules[__name__])
    result = Tap(Quiet(), False, 0)
    suite.run(result)
    print(f"1..{Tap.number}")
    return 0 if Tap.number and not result.failures and not result.errors else 1


if __name__ == "__main__":
    sys.exit(main())
