"""Finding and fetching pages: politely, safely, whole. Knows neither database nor cleaning."""
