"""A whole crawl against Scrapy with trafilatura in an item pipeline, over the same sites on loopback."""
