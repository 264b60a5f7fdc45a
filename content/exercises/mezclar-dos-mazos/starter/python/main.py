def mezclar(primero, segundo):
    pass
