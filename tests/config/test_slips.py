from django.test import SimpleTestCase

from config import slips


class BetweenTests(SimpleTestCase):
    def test_slips_are_counted(self):
        for one, other, number in [
            *(("gmail", "gmail", 0), ("gmial", "gmail", 1), ("gmai", "gmail", 1)),
            *(("gmaail", "gmail", 1), ("gnail", "gmail", 1), ("", "ab", 2)),
            *(("hotamli", "hotmail", 2), ("abc", "xyz", 3), ("a", "abcdef", 5)),
        ]:
            with self.subTest(one):
                self.assertEqual(slips.between(one, other), number)
