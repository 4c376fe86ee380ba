"""The stock equivalent: Strawberry, Starlette and SQLAlchemy's asyncio ORM as their documentation shows them."""
