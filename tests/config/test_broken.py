from django.test import RequestFactory, TestCase

from config import broken


class ServerErrorTests(TestCase):
    def test_it_asks_nothing_that_could_break_again(self):
        with self.assertNumQueries(0):
            response = broken.server_error(RequestFactory().get("/"))

        self.assertEqual(response.status_code, 500)
        self.assertIn(b"Something broke on our side", response.content)
        self.assertNotIn(b"{%", response.content)

    def test_without_room_neither(self):
        with self.assertNumQueries(0):
            response = broken.no_room(RequestFactory().post("/", {"words": "Hello"}))

        self.assertEqual(response.status_code, 507)
        self.assertNotIn(b"{%", response.content)
