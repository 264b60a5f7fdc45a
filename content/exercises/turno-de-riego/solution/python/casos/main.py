def puede_regar(casa, dia, humedad):
    if dia == 31:
        return False
    if humedad < 10:
        return True
    if humedad >= 40:
        return False
    return casa % 2 == dia % 2
