"""Two who write at once."""

import threading
from contextlib import suppress

from django.db import connection, connections, transaction
from django.test import TransactionTestCase

from guide.models import Guide, page_version
from tests.factories import make_guide


class TwoAtOnceTests(TransactionTestCase):
    def test_who_write_two_guides_in_opposite_order_wait_for_each_other(self):
        """SQLite lets one write at a time and cannot fail here: it takes turns."""
        one, two = make_guide(title="One"), make_guide(title="Two")
        before = page_version()
        is_two = connection.vendor == "postgresql"
        meet = threading.Barrier(2 if is_two else 1, timeout=1)
        failed = []

        def write(first, second, title, how):
            try:
                with transaction.atomic():
                    how(first, title)
                    # The other comes this far only where the two would deadlock.
                    with suppress(threading.BrokenBarrierError):
                        meet.wait()
                    how(second, title)
            except Exception as error:
                failed.append(error)
            finally:
                if is_two:
                    connections.close_all()

        for how in [save, locked]:
            with self.subTest(how.__name__):
                meet.reset()
                writers = [
                    threading.Thread(target=write, args=args)
                    for args in [(one, two, "A", how), (two, one, "B", save)]
                ]
                for writer in writers:
                    writer.start() if is_two else writer.run()
                for writer in filter(threading.Thread.is_alive, writers):
                    writer.join(30)

                self.assertEqual(failed, [])
                titles = set(Guide.objects.values_list("title", flat=True))
                self.assertEqual(len(titles), 1)
        self.assertGreaterEqual(page_version(), before + 8)


def save(guide, title):
    Guide.objects.filter(pk=guide.pk).update(title=title)


def locked(guide, title):
    guide = Guide.objects.to_write().get(pk=guide.pk)
    guide.title = title
    guide.save()
