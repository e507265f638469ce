#!/usr/bin/env python3
"""The operators find what they may change and nothing else, and every listed equivalent still exists."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import run  # noqa: E402
from operators import mutants  # noqa: E402


def changes(text, operator, path="core/example.cpp"):
    return [mutant.after for mutant in mutants(path, text) if mutant.operator == operator]


class Operators(unittest.TestCase):
    def test_comparisons_are_turned_and_moved_by_one(self):
        self.assertEqual(changes("  return a == b;\n", "comparison"), ["return a != b;"])
        self.assertEqual(changes("  return a < b;\n", "comparison"), ["return a <= b;", "return a >= b;"])

    def test_brackets_of_templates_are_no_comparisons(self):
        self.assertEqual(changes("std::vector<int> x = f<long>(y);\n", "comparison"), [])

    def test_conditions_become_constant(self):
        self.assertEqual(changes("  if (f(a) && b) return;\n", "condition"), ["if (true) return;", "if (false) return;"])

    def test_numbers_move_by_one(self):
        self.assertEqual(changes("  x = list.size() - 1;\n", "off by one"),
                         ["x = list.size();", "x = list.size() + 2;", "x = list.size() - 2;"])
        self.assertEqual(changes("constexpr unsigned patience = 5;\n", "off by one"), ["constexpr unsigned patience = 6;"])

    def test_statements_are_dropped_but_not_declarations(self):
        text = "void f() {\n  int x;\n  waiting_.clear();\n  phase_ = phase::idle;\n  return;\n}\n"
        before = [mutant.before for mutant in mutants("core/example.cpp", text) if mutant.operator == "statement"]
        self.assertEqual(before, ["waiting_.clear();", "phase_ = phase::idle;"])

    def test_a_statement_of_several_lines_is_dropped_whole(self):
        text = "void f() {\n  out.push_back(\n      {a, b});\n}\n"
        (mutant,) = [one for one in mutants("core/example.cpp", text) if one.operator == "statement"]
        self.assertNotIn("push_back", mutant.applied(text))
        self.assertNotIn("{a, b}", mutant.applied(text))

    def test_arguments_are_swapped(self):
        self.assertEqual(changes("  f(a.b, c);\n", "arguments"), ["f(c, a.b);"])
        self.assertEqual(changes("  x = std::max(a, b);\n", "arguments"), [])

    def test_what_nobody_can_see_is_left_alone(self):
        text = "void f() {\n  GREENROOM_CHECK(a > 0);\n  out.list.reserve(std::min(a, 7));\n  f(a);\n}\n"
        self.assertEqual([mutant.before for mutant in mutants("core/example.cpp", text)], ["f(a);"])

    def test_clauses_of_sql_are_dropped(self):
        text = 'auto q = "select head from rooms where id = :room and epoch = :epoch";\n'
        self.assertIn('auto q = "select head from rooms where id = :room ";', changes(text, "clause", "storage/soci/x.cpp"))
        self.assertEqual(changes(text, "clause"), [])

    def test_comments_and_strings_are_left_alone(self):
        text = '// if (a == b) f();\nauto x = "a == b && c";\n#if A == 1\n#endif\n'
        self.assertEqual(list(mutants("core/example.cpp", text)), [])

    def test_a_mutant_changes_just_its_place(self):
        text = "bool f(int a, int b) {\n  return a < b && b > 7;\n}\n"
        for mutant in mutants("core/example.cpp", text):
            changed = mutant.applied(text)
            self.assertEqual(changed[:mutant.start], text[:mutant.start])
            self.assertTrue(changed.endswith(text[mutant.end:]))
            self.assertNotEqual(changed, text)


class Equivalents(unittest.TestCase):
    def test_each_one_is_still_there(self):
        there = {mutant.key() for folder in run.FOLDERS for name in run.sources(folder)
                 for mutant in mutants(name, (run.ROOT / name).read_text())}
        for key in run.read_equivalents():
            self.assertIn(key, there, "the code has changed: is its mutant still equivalent?")


class Choice(unittest.TestCase):
    def test_a_seed_chooses_the_same_mutants_again(self):
        first, again, other = (run.drawn("protocol", seed, set(), None) for seed in (1, 1, 2))
        self.assertEqual(first, again)
        self.assertNotEqual(first, other)


if __name__ == "__main__":
    unittest.main()
