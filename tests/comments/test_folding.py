from django.test import SimpleTestCase

from comments.folding import Folded, fold, skeleton


class FoldTests(SimpleTestCase):
    def test_what_looks_alike_is_alike(self):
        for typed, folded in [
            ("Café", "cafe"),
            ("\uff2e\uff35\uff2d\uff22", "numb"),
            ("n\u200bu\u200dm\u00adb\ufe0f", "numb"),
            ("\u202enumb\u202c", "numb"),
            ("\u0441hest \u0440\u0430in", "chest pain"),
            ("can\u2019t can\u2018t can\u02bct", "can't can't can't"),
            ("\U0001d427\U0001d42e\U0001d426\U0001d41b", "numb"),
            ("straße", "strasse"),
            ("a\u00a0b\u3000c\nd", "a b c\nd"),
            ("\ud800numb\udfff", "numb"),
            ("", ""),
        ]:
            with self.subTest(ascii(typed)):
                self.assertEqual(fold(typed), folded)
                self.assertEqual(Folded(typed).text, folded)

    def test_each_part_is_known_as_it_was_typed(self):
        folded = Folded("Die Straße ist \u200bgl\u00adatt")

        for part, typed in [("strasse", "Straße"), ("glatt", "gl\u00adatt")]:
            at = folded.text.index(part)
            self.assertEqual(folded.as_typed(at, at + len(part)), typed)

    def test_one_sign_is_three_letters_at_most(self):
        self.assertLessEqual(len(fold("\ufdfa" * 100)), 300)


class SkeletonTests(SimpleTestCase):
    def test_a_name_is_one_however_it_is_set(self):
        for name in [
            *("ana reyes", "ANA  REYES", "A n a R e y e s", "Anna-Reyes", "Ana.Reyes"),
            *("\u0410na R\u0435yes", "4na R3ye5", "Ána Réyes", "A\u200bna Re\u00adyes"),
        ]:
            with self.subTest(ascii(name)):
                self.assertEqual(skeleton(name), skeleton("Ana Reyes"))

    def test_another_name_is_another(self):
        for name in ["Ana Meyer", "Hanna", "Rey", "Reyes Ana", ""]:
            with self.subTest(name):
                self.assertNotEqual(skeleton(name), skeleton("Ana Reyes"))
