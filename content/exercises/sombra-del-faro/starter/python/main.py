palo = float(input())
