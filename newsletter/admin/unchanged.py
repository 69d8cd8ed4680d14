class Unchanged:
    """Rows that are looked at: nothing is added or changed by hand."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False
