def mezclar(primero, segundo):
    return primero + segundo
