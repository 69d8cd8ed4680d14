"""What is stored, handed out as a file."""

from django.http import JsonResponse


def as_file(data, name):
    """Answer with plain data as a file of JSON, which no cache keeps."""
    response = JsonResponse(
        data, json_dumps_params={"indent": 2, "ensure_ascii": False}
    )
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
